"""Numbers of the TIFF 6.0, Exif 2.32 and DNG 1.7.1 tags that are read or written, and of the types that their values have."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """How the values of a tag lie in the file."""

    BYTE = 1
    ASCII = 2
    SHORT = 3
    LONG = 4
    RATIONAL = 5
    SIGNED_BYTE = 6
    UNDEFINED = 7
    SIGNED_SHORT = 8
    SIGNED_LONG = 9
    SIGNED_RATIONAL = 10
    FLOAT = 11
    DOUBLE = 12
    IFD = 13


class Tag(IntEnum):
    """A tag by its number; names as the standards have them."""

    NEW_SUBFILE_TYPE = 254
    IMAGE_WIDTH = 256
    IMAGE_LENGTH = 257
    BITS_PER_SAMPLE = 258
    COMPRESSION = 259
    PHOTOMETRIC_INTERPRETATION = 262
    MAKE = 271
    MODEL = 272
    STRIP_OFFSETS = 273
    ORIENTATION = 274
    SAMPLES_PER_PIXEL = 277
    ROWS_PER_STRIP = 278
    STRIP_BYTE_COUNTS = 279
    PLANAR_CONFIGURATION = 284
    SOFTWARE = 305
    TILE_WIDTH = 322
    TILE_LENGTH = 323
    TILE_OFFSETS = 324
    TILE_BYTE_COUNTS = 325
    SUB_IFDS = 330
    SAMPLE_FORMAT = 339
    CFA_REPEAT_PATTERN_DIM = 33421
    CFA_PATTERN = 33422
    EXPOSURE_TIME = 33434
    F_NUMBER = 33437
    EXIF_IFD = 34665
    PHOTOGRAPHIC_SENSITIVITY = 34855
    SENSITIVITY_TYPE = 34864
    RECOMMENDED_EXPOSURE_INDEX = 34866
    EXIF_VERSION = 36864
    DNG_VERSION = 50706
    DNG_BACKWARD_VERSION = 50707
    UNIQUE_CAMERA_MODEL = 50708
    CFA_PLANE_COLOR = 50710
    CFA_LAYOUT = 50711
    LINEARIZATION_TABLE = 50712
    BLACK_LEVEL_REPEAT_DIM = 50713
    BLACK_LEVEL = 50714
    BLACK_LEVEL_DELTA_H = 50715
    BLACK_LEVEL_DELTA_V = 50716
    WHITE_LEVEL = 50717
    DEFAULT_CROP_ORIGIN = 50719
    DEFAULT_CROP_SIZE = 50720
    COLOR_MATRIX_1 = 50721
    COLOR_MATRIX_2 = 50722
    CAMERA_CALIBRATION_1 = 50723
    CAMERA_CALIBRATION_2 = 50724
    ANALOG_BALANCE = 50727
    AS_SHOT_NEUTRAL = 50728
    AS_SHOT_WHITE_XY = 50729
    CALIBRATION_ILLUMINANT_1 = 50778
    CALIBRATION_ILLUMINANT_2 = 50779
    ACTIVE_AREA = 50829
    PROFILE_NAME = 50936
    PROFILE_TONE_CURVE = 50940
    PROFILE_EMBED_POLICY = 50941
    FORWARD_MATRIX_1 = 50964
    FORWARD_MATRIX_2 = 50965
    PREVIEW_COLOR_SPACE = 50970
    OPCODE_LIST_1 = 51008
    OPCODE_LIST_2 = 51009
    OPCODE_LIST_3 = 51022
    NOISE_PROFILE = 51041
    DEFAULT_BLACK_RENDER = 51110


CFA, LINEAR = 32803, 34892
"""PhotometricInterpretation of a mosaic, and of raw samples without one."""
FLOATS = 3
"""SampleFormat of floating point."""
COLOURS = "rgbcmyw"
"""Filter letters by the code that CFAPattern and CFAPlaneColor give them; `isp.core.cfa.CHANNELS` has them in the same order."""
ANY_SENSITIVITY = 65535
"""PhotographicSensitivity where its two bytes are too few; RecommendedExposureIndex tells it then (Exif 2.32, section 4.6.5)."""

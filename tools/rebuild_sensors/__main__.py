"""Rebuild sensors/*.yaml from what was measured: `python -m tools.rebuild_sensors [NAME...]`, beside a checkout that has ../shared/data.

Numbers come from tunings, papers' models, tags and measured curves through `isp.importing` and the few sums below; every file says of each
value which. The profiles do not need this script: it keeps the sums where they can be checked.
"""

import sys

from isp.spec import dump_profile
from tools.rebuild_sensors.invented import automotive, large, mono, phone, rccb, rgbw, ryyb
from tools.rebuild_sensors.known_curves import d850, nikon5100, sigma, xt3
from tools.rebuild_sensors.parts import HEAD, ROOT
from tools.rebuild_sensors.tuned import eld, gopro, oppo, raspberry

PROFILES = {
    "imx219": lambda: raspberry("imx219", "Sony IMX219: Raspberry Pi Camera Module 2"),
    "imx378": lambda: raspberry("imx378", "Sony IMX378, as on Raspberry Pi boards"),
    "imx477": lambda: raspberry("imx477", "Sony IMX477: Raspberry Pi High Quality Camera"),
    "ov5647": lambda: raspberry("ov5647", "OmniVision OV5647: Raspberry Pi Camera Module 1"),
    "oppo_reno10x": oppo,
    "sony_a7s2": lambda: eld("SonyA7S2", "Sony A7S II, noise of ELD", "Sony", "ILCE-7SM2", (2832, 4240), 8.4, 512, "Sony_ILCE-7SM2"),
    "canon_5d4": lambda: eld("CanonEOS5D4", "Canon EOS 5D Mark IV, noise of ELD", "Canon", "EOS 5D Mark IV", (4480, 6720), 5.36, 512, "Canon_EOS_5D_Mark_IV"),
    "canon_700d": lambda: eld("CanonEOS700D", "Canon EOS 700D, noise of ELD, colour of its twin 600D", "Canon", "EOS 700D", (3456, 5184), 4.3, 2048, "Canon_EOS_600D", 4.0),
    "nikon_d850": d850, "gopro_hero6": gopro, "nikon_5100": nikon5100, "sigma_sdmerrill": sigma, "fujifilm_xt3": xt3,
    "phone": phone, "large_sensor": large, "automotive_hdr": automotive, "automotive_rccb": rccb, "rgbw": rgbw, "ryyb": ryyb, "machine_vision": mono,
}  # fmt: skip


def main(wanted):
    """Write the profiles asked for, or all."""
    for name in wanted or PROFILES:
        made = PROFILES[name]()
        (ROOT / "sensors" / f"{name}.yaml").write_text(HEAD + dump_profile(made.chain, made.camera))
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])

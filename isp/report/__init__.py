"""What people look at: pages that open from disk, with everything in one file."""

from isp.report.stages import page

__all__ = ["page"]

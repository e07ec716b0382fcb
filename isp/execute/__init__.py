"""One chain, many ways to run it. The chain says what; this floor decides how: what is measured first, how wide the halo is, how many
rows a strip has, how many threads carry strips. The result does not depend on any of it."""

from isp.execute.capture import Shot, capture, light
from isp.execute.explain import explain
from isp.execute.prepare import prepare
from isp.execute.strips import develop

__all__ = ["Shot", "capture", "develop", "explain", "light", "prepare"]

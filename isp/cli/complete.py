"""What the shell offers while a word is typed."""

from __future__ import annotations


def pipelines(incomplete: str) -> list[str]:
    """Shipped pipelines; the shell adds files by itself."""
    from isp.spec import shipped_names

    return [name for name in shipped_names() if name.startswith(incomplete)]


def sensors(incomplete: str) -> list[str]:
    """Shipped sensors; the shell adds files by itself."""
    from isp.spec import shipped_names

    return [name for name in shipped_names("sensors") if name.startswith(incomplete)]


def stage_names(incomplete: str) -> list[str]:
    """Every stage."""
    from isp.spec import all_names

    return [name for name in all_names() if name.startswith(incomplete)]


def family_names(incomplete: str) -> list[str]:
    """Every family."""
    from isp.spec import families

    return [name for name in families() if name.startswith(incomplete)]

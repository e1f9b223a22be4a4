"""The Prepare workspace."""

from __future__ import annotations

from ui.workspaces import Service


def build_page(service: Service) -> None:
    """Lay out the workspace on the page that is open."""

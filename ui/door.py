"""Plain pages outside the Gradio page: signing in, the password, and why something is refused."""

from __future__ import annotations

from ui import theme
from ui.markup import escape
from ui.notice import shipped_notice

WRONG = (
    "That name and password do not belong together. After five wrong passwords a name is locked for"
    " 15 minutes; whoever runs this service can set a new password."
)

FULL = "Too many people are signing in; try again in a moment."

CHANGED = "The new password is set. Sign in with it; a token for programs is no longer good."


def sign_in_page(said: str = "") -> str:
    """Return the page to sign in on.

    Args:
        said: what the reader should know first: why they see it again.
    """
    return _page(
        "Sign in",
        f"""{_said(said)}
<form method="post" action="/sign-in">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="200" required>
<button>Sign in</button>
</form>""",
    )


def account_page(name: str, said: str = "") -> str:
    """Return the page to change a password on.

    Args:
        name: whose.
        said: what the reader should know first: why it was not changed.
    """
    return _page(
        "Your password",
        f"""{_said(said)}
<p>You are signed in as {escape(name)}.</p>
<form method="post" action="/account">
<label for="current">Password now</label>
<input id="current" name="current" type="password" autocomplete="current-password"
 maxlength="200" required>
<label for="fresh">New password, 15 characters or more</label>
<input id="fresh" name="fresh" type="password" autocomplete="new-password" minlength="15"
 maxlength="200" required>
<button>Set the new password</button>
</form>
<p><a href="/">Back to Signpost</a></p>""",
    )


def told_page(sentence: str) -> str:
    """Return a page that says one sentence."""
    return _page("Signpost", f'<p role="alert">{escape(sentence)}</p>')


def _said(sentence: str) -> str:
    return f'<p class="said" role="alert">{escape(sentence)}</p>' if sentence else ""


def _page(title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Signpost</title>
<style>{theme.plain_stylesheet()}</style>
</head>
<body>
<main>
<p class="name">Signpost</p>
<h1>{title}</h1>
{content}
<footer>{shipped_notice()}</footer>
</main>
</body>
</html>
"""

"""System checks: `python manage.py check`, and before every command."""

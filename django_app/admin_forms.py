"""The forms of the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from components.errors import InvalidPayload
from components.host_settings import SETTING
from django_app import words
from django_app.admission import MAX_CODE_USES
from django_app.descriptions import checked_tags
from django_app.generics import CodeModelForm, HostModelForm
from django_app.hosts import checked_name
from django_app.models import NAME_MOST, EnrolmentCode, Host

ABOUT = ("name", "tags")
EDITABLE = (*ABOUT, *SETTING)


class TagsField(forms.CharField):
    """Tags as people write them: `web, berlin`."""

    def prepare_value(self, value: Any) -> Any:
        """What the form shows."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """A list without repetition."""
        try:
            return checked_tags(str(value or "").split(","))
        except InvalidPayload as error:
            raise ValidationError(str(error)) from error


class NameField(forms.CharField):
    """A host's name."""

    def to_python(self, value: Any) -> str:
        """Without blanks around it; control characters are refused."""
        text = super().to_python(value) or ""
        try:
            return checked_name(text) if text else ""
        except InvalidPayload as error:
            raise ValidationError(str(error)) from error


class HostForm(HostModelForm):
    """A host's settings. It carries what it showed, so that a form which lay open undoes nobody's change but what was edited in it."""

    name = NameField(max_length=NAME_MOST)
    tags = TagsField(required=False, help_text="Separated by commas.")
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Host
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = {name: getattr(self.instance, name) for name in EDITABLE}
        self.initial["seen"] = self._stored

    def edited_settings(self) -> dict[str, bool | float]:
        """The settings that were edited in this form."""
        return {name: value for name, value in self._edited().items() if name in SETTING}

    def edited_about(self) -> dict[str, Any]:
        """Name and tags, if they were edited in this form."""
        return {name: value for name, value in self._edited().items() if name in ABOUT}

    def overtaken(self) -> list[str]:
        """One sentence for each field that somebody else changed while this form was open."""
        edited, shown = self._edited(), self._shown()
        return [
            f"While this form was open, somebody changed {name} to {_text(name, self._stored[name])}; "
            + (f"your {_text(name, edited[name])} replaced it." if name in edited else "that was kept.")
            for name in EDITABLE
            if shown[name] != self._stored[name] and edited.get(name) != self._stored[name]
        ]

    def _edited(self) -> dict[str, Any]:
        shown = self._shown()
        return {name: self.cleaned_data[name] for name in EDITABLE if self.cleaned_data[name] != shown[name]}

    def _shown(self) -> dict[str, Any]:
        """What the form showed; what is stored now if whoever sent it does not say."""
        seen = self.cleaned_data.get("seen")
        return {**self._stored, **{name: seen[name] for name in EDITABLE if name in seen}} if isinstance(seen, dict) else self._stored


def _text(name: str, value: Any) -> str:
    if name in SETTING:
        return words.value_text(SETTING[name], value)
    return ", ".join(value) if isinstance(value, list) else str(value)


VALIDITIES = {"10min": "10 minutes", "1h": "1 hour", "8h": "8 hours", "1d": "1 day", "7d": "7 days", "30d": "30 days"}
"""How long a code made in the admin may be valid; `manage.py addhost` takes any time up to the last."""


class EnrolmentCodeForm(CodeModelForm):
    """The name of the host to be added, or of a code for several."""

    name = NameField(
        max_length=NAME_MOST,
        help_text="The name of the host that will use the code. With more uses the hosts keep the names that they propose.",
    )
    uses = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_CODE_USES, initial=1, help_text="How many hosts may enrol with it."
    )
    valid = forms.ChoiceField(required=False, choices=list(VALIDITIES.items()), label="Valid for")

    class Meta:
        model = EnrolmentCode
        fields = ("name", "uses")

    def clean_uses(self) -> int:
        """One, if the form does not say."""
        return int(self.cleaned_data["uses"] or 1)

    def clean_valid(self) -> str:
        """The shortest, if the form does not say."""
        return str(self.cleaned_data["valid"] or next(iter(VALIDITIES)))

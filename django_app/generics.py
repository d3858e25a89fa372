"""Django's generic classes, which only the type checker can subscript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.forms import ModelForm

from django_app.models import AuditEntry, EnrolmentCode, Host, JoinRequest

if TYPE_CHECKING:
    HostModelAdmin = admin.ModelAdmin[Host]
    HostModelForm = ModelForm[Host]
    CodeModelAdmin = admin.ModelAdmin[EnrolmentCode]
    CodeModelForm = ModelForm[EnrolmentCode]
    EntryModelAdmin = admin.ModelAdmin[AuditEntry]
    RequestModelAdmin = admin.ModelAdmin[JoinRequest]
    PersonAdmin = UserAdmin[User]
else:
    HostModelAdmin = CodeModelAdmin = EntryModelAdmin = RequestModelAdmin = admin.ModelAdmin
    HostModelForm = CodeModelForm = ModelForm
    PersonAdmin = UserAdmin

"""Every page of the hub. All need a login, except those that say otherwise."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from django_app import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("ticket/", views.ticket, name="ticket"),
    path("preferences/", views.preferences, name="preferences"),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

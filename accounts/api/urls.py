"""Addresses under /api/v1/auth."""

from django.urls import path

from accounts.api import views

urlpatterns = [
    path("register", views.RegisterView.as_view()),
    path("login", views.LoginView.as_view()),
    path("refresh", views.RefreshView.as_view()),
    path("me", views.MeView.as_view()),
    path("profiles", views.ProfilesView.as_view()),
    path("profiles/<uuid:profile_id>/select", views.SelectProfileView.as_view()),
]

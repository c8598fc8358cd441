"""Addresses under /api/v1/auth."""

from django.urls import path

from accounts.api.views import account, passwords, profiles, sessions, signing_in

urlpatterns = [
    path("register", signing_in.RegisterView.as_view()),
    path("login", signing_in.LoginView.as_view()),
    path("refresh", signing_in.RefreshView.as_view()),
    path("logout", sessions.LogOutView.as_view()),
    path("logout-all", sessions.LogOutEverywhereView.as_view()),
    path("csrf", sessions.CsrfView.as_view()),
    path("sessions", sessions.SessionsView.as_view()),
    path("sessions/<uuid:session_id>", sessions.SessionView.as_view()),
    path("password", passwords.PasswordView.as_view()),
    path("password-reset", passwords.PasswordResetView.as_view()),
    path("password-reset/confirm", passwords.PasswordResetConfirmView.as_view()),
    path("me", account.MeView.as_view()),
    path("me/export", account.ExportView.as_view()),
    path("profiles", profiles.ProfilesView.as_view()),
    # No converter: the permission class answers for an id that is none, as it does in a query.
    path("profiles/<str:profile_id>", profiles.ProfileDetailView.as_view()),
    path("profiles/<str:profile_id>/select", profiles.SelectProfileView.as_view()),
]

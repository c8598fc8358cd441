"""Addresses of accounts under /api/v1/admin."""

from django.urls import path

from accounts.api.staff import views

urlpatterns = [
    path("users", views.StaffUsersView.as_view()),
    path("users/<uuid:user_id>", views.StaffUserView.as_view()),
    path("users/<uuid:user_id>/restore", views.RestoreUserView.as_view()),
    path("users/<uuid:user_id>/unlock", views.UnlockUserView.as_view()),
]

"""What changes accounts: registering, signing in and out, passwords, profiles, leaving for good."""

from accounts.services.attempts import (
    check_credentials,
    count_reset_request,
    forget_failures,
    is_locked,
    purge_quiet_counters,
    unlock,
    verify_password,
)
from accounts.services.erasure import erase_account, erase_own_account
from accounts.services.passwords import change_password, request_password_reset, reset_password
from accounts.services.profiles import add_profile, delete_profile, edit_profile
from accounts.services.registration import register_account
from accounts.services.sessions import TokenPair, issue_tokens, refresh_tokens, sign_in
from accounts.services.signing_out import sign_out, sign_out_device, sign_out_everywhere, sign_out_holder

__all__ = [
    "TokenPair",
    "add_profile",
    "change_password",
    "check_credentials",
    "count_reset_request",
    "delete_profile",
    "edit_profile",
    "erase_account",
    "erase_own_account",
    "forget_failures",
    "is_locked",
    "issue_tokens",
    "purge_quiet_counters",
    "refresh_tokens",
    "register_account",
    "request_password_reset",
    "reset_password",
    "sign_in",
    "sign_out",
    "sign_out_device",
    "sign_out_everywhere",
    "sign_out_holder",
    "unlock",
    "verify_password",
]

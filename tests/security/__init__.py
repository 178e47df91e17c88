"""What attackers try, where no other test is about it; docs/security.md says which test shows what."""

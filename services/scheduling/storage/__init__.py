"""What scheduling keeps: tables, the repositories over them, and their migrations."""

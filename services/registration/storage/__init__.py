"""Where registration keeps what it knows: tables, repositories, the unit of work and the migrations."""

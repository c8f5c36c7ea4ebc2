"""Every test of Frist, against real PostgreSQL and real RabbitMQ."""

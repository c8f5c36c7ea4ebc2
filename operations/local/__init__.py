"""The platform on one machine: PostgreSQL, RabbitMQ and every process of the services, without containers."""

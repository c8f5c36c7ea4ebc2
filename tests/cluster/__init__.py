"""A cluster of three RabbitMQ nodes that loses one."""

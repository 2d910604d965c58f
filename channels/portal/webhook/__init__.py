"""A signed call to any other portal; docs/webhook.openapi.yaml says what such a portal must do."""

"""The only folder that talks to DynamoDB, and the bucket of large text fields."""

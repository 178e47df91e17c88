"""The HTTP routes that frontends call on their own servers: jobs begun, stopped and watched, and billing."""

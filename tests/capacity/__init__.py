"""What the backend costs on AWS, and where AWS's quotas bite: computed from counted units, prices and assumptions."""

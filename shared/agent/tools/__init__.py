"""What the assistant can do: read and change the files of the job's project, and read public pages."""

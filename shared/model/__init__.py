"""Language models behind one port; the one there is speaks Amazon Bedrock's Converse API."""

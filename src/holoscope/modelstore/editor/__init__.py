"""What an editor of model files asks: files by layer, definitions, uses, findings, what a branch changes."""

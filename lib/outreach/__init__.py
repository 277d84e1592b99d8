"""Templates, campaigns, drafts and exports."""

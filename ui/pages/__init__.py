"""The pages, one for each workspace; the only place that knows Gradio."""

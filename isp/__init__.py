"""A camera in stages: RAW to picture and light to RAW, as YAML pipelines of differentiable JAX stages."""

"""How good is a pipeline? Charts before simulated sensors, or charts that somebody has photographed, developed and measured; and what each stage adds or costs.

laboratory   charts, lights and sensors: what stands before the pipeline
noise        noise after each stage, predicted and measured
"""

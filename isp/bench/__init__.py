"""How good is a pipeline? Charts before simulated sensors, or charts that somebody has photographed, developed and measured; and what each stage adds or costs.

laboratory   charts, lights and sensors: what stands before the pipeline
compare      pipelines beside each other: pictures, numbers, times (`isp.compare`), told apart from compiling (`compiling`)
noise        noise after each stage, predicted and measured
stages       what each stage adds and costs, and the picture without it: a sheet of charts (`sheet`), what is read off it (`figures`), chains less a stage (`without`)
"""

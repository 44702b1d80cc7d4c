import MilterSystem
import MilterTool

ThisProcess.end(Tool.run(CommandLine.arguments))

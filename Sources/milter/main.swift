import MilterPlatform
import MilterTool

exit(Tool.run(CommandLine.arguments))

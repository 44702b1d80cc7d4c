@_exported public import MilterProcesses

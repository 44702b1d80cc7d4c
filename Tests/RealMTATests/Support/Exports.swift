@_exported import MilterProcessFixtures
@_exported import MilterRealMTA

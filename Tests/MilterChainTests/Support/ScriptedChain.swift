import MilterFilterFixtures
import MilterMTA
import MilterTesting

/// Returns an MTA with a chain of scripted filters.
func chain(_ profile: MTAProfile, _ members: ScriptedFilter...) -> TestMTA {
  TestMTA(profile, filter: MilterChain { for member in members { ChainMember.filter(member) } })
}

/// Returns a simulated Postfix with a chain of scripted filters.
func chain(_ members: ScriptedFilter...) -> TestMTA {
  TestMTA(.postfix, filter: MilterChain { for member in members { ChainMember.filter(member) } })
}

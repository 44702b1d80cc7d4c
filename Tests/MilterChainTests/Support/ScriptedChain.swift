import MilterFilterFixtures
import MilterMTA
import MilterTesting

/// An MTA with a chain of filters that follow a script.
func chain(_ profile: MTAProfile, _ members: ScriptedFilter...) -> TestMTA {
  TestMTA(profile, filter: MilterChain { for member in members { ChainMember.filter(member) } })
}

/// The same with Postfix.
func chain(_ members: ScriptedFilter...) -> TestMTA {
  TestMTA(.postfix, filter: MilterChain { for member in members { ChainMember.filter(member) } })
}

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What a client's user does when an offer arrives.</summary>
internal enum AnswerPolicy
{
    Accept,
    Decline,
    Ignore,
}

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Protocols whose addresses are text.</summary>
internal enum TalkProtocol
{
    Irc,

    /// <summary>MSN Messenger, files by invitation.</summary>
    MsnInvitation,

    /// <summary>MSN Messenger, files over a session's transport.</summary>
    MsnTransport,
}

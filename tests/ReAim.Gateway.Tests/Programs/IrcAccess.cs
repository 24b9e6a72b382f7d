namespace ReAim.Gateway.Tests.Programs;

/// <summary>How a client reaches IRC: a server's or a bouncer's address, and the password if it asks for one.</summary>
internal sealed record IrcAccess(string Address, string? Password = null)
{
    /// <summary>The usual port.</summary>
    public const int Port = 6_667;
}

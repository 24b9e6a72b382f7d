namespace ReAim.Gateway.Tests.Programs;

/// <summary>Whom the client under test is signed on to.</summary>
internal enum ServerProgram
{
    NgIrcd,
    InspIrcd,

    /// <summary>A bouncer in front of ngIRCd.</summary>
    Znc,
}

/// <summary>What must be installed for a server.</summary>
internal static class ServerPrograms
{
    public static string[] Of(ServerProgram server) => server switch
    {
        ServerProgram.InspIrcd => ["inspircd"],
        ServerProgram.Znc => ["znc", "ngircd"],
        _ => ["ngircd"],
    };
}

using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>ZNC: a bouncer that stays signed on for a person, in front of a server.</summary>
internal sealed class Znc : IrcServer
{
    private const string Secret = "secret";

    public Znc(NetNamespace place, string address, IrcServer behind, string nick)
        : base(place, address)
    {
        Folder.Write("configs/znc.conf", $"""
            Version = 1.8.2
            <Listener laboratory>
              Host = {address}
              Port = {IrcAccess.Port}
              IPv4 = true
              IPv6 = false
              SSL = false
              AllowWeb = false
            </Listener>
            <User {nick}>
              Pass = plain#{Secret}
              Nick = {nick}
              AltNick = {nick}
              Ident = {nick}
              RealName = {nick}
              <Network lab>
                Server = {behind.Access.Address} {IrcAccess.Port}
                FloodBurst = 100
                FloodRate = 100.00
              </Network>
            </User>
            """);

        // Whose it is it knows by the user name.
        Access = new IrcAccess(address, Secret);
        Run(true, "znc", "--foreground", "--datadir", Folder.Name);

        // It connects to its server by itself; until then it would welcome its person for it.
        Assert.That(Moment.Comes(() => behind.ConnectionCount > 0, 30), $"the bouncer connects: {Report()}");
    }

    public override IrcAccess Access { get; }
}

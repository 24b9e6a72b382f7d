using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>ngIRCd: a small server that puts no tags on its lines.</summary>
internal sealed class NgIrcd : IrcServer
{
    public NgIrcd(NetNamespace place, string address)
        : base(place, address)
    {
        string settings = Folder.Write("ngircd.conf", $"""
            [Global]
            Name = irc.example.net
            Info = laboratory
            MotdPhrase = laboratory
            Listen = {address}
            Ports = {IrcAccess.Port}
            ServerUID = 65534
            ServerGID = 65534
            [Limits]
            MaxConnectionsIP = 0
            MaxNickLength = 20
            MaxPenaltyTime = 0
            [Options]
            DNS = no
            Ident = no
            PAM = no
            """);
        Run(false, "/usr/sbin/ngircd", "-n", "-f", settings);
    }
}

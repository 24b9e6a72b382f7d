using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>InspIRCd with what IRCv3 has: time, names and labels on its lines.</summary>
internal sealed class InspIrcd : IrcServer
{
    public InspIrcd(NetNamespace place, string address)
        : base(place, address)
    {
        string settings = Folder.Write("inspircd.conf", $"""
            <server name="irc.example.net" description="laboratory" network="Laboratory" id="001">
            <admin name="admin" nick="admin" email="admin@example.net">
            <bind address="{address}" port="{IrcAccess.Port}" type="clients">
            <connect allow="*" timeout="60" recvq="8K" threshold="1000" commandrate="100000" localmax="50" globalmax="50" resolvehostnames="no" fakelag="no">
            <class name="class">
            <dns server="127.0.0.1" timeout="1">
            <pid file="{Folder.Name}/inspircd.pid">
            <log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{Folder.Name}/inspircd.log">
            <module name="cap">
            <module name="ircv3">
            <module name="ircv3_accounttag">
            <module name="ircv3_batch">
            <module name="ircv3_ctctags">
            <module name="ircv3_echomessage">
            <module name="ircv3_labeledresponse">
            <module name="ircv3_msgid">
            <module name="ircv3_servertime">
            """);
        Run(false, "/usr/sbin/inspircd", "--nofork", "--runasroot", "--config", settings);
    }
}

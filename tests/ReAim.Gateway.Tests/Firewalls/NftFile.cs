using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>
/// A file for <c>nft -f</c> that begins with <c>flush ruleset</c>: what <c>systemctl reload nftables</c> loads.
/// </summary>
internal sealed class NftFile(HomeGateway gateway) : Firewall(gateway)
{
    private readonly string _rules = $"flush ruleset\n{AdministratorRules.Text(gateway.Settings)}";

    public override void Start() => Reload();

    public override void Reload() => Place.Exec("nft", "-f", Folder.Write("nftables.conf", _rules));
}

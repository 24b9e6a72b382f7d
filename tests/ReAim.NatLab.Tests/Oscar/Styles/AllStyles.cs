namespace ReAim.NatLab.Tests.Oscar.Styles;

/// <summary>The clients there are.</summary>
internal static class AllStyles
{
    public static IReadOnlyList<ClientStyle> List { get; } = [new Libpurple(), new MirandaAim(), new MirandaIcq(), new Kopete(), new Joscar()];
}

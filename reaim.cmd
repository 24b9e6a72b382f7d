@echo off
rem Builds ReAim on first use, then runs it: to look at recordings from a clone. After an update delete artifacts\reaim to build again.
rem A gateway wants the zip that publish-windows.sh makes.
setlocal
set "root=%~dp0"
set "program=%root%artifacts\reaim\reaim.dll"
where dotnet >nul 2>nul
if errorlevel 1 (
    echo reaim: the .NET SDK 10 is missing: install it from https://dot.net. 1>&2
    exit /b 1
)
if not exist "%program%" (
    echo reaim: building, first use ... 1>&2
    dotnet publish "%root%src\ReAim.Capture" -c Release --nologo -v quiet -o "%root%artifacts\reaim" 1>&2
    if errorlevel 1 (
        echo reaim: the build failed; its messages stand above. 1>&2
        exit /b 1
    )
)
dotnet "%program%" %*
exit /b %errorlevel%

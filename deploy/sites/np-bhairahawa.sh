# The demo site at Bhairahawa, Nepal, across from Sunauli.  Read by deploy/site.sh.
number=2 country=NP first_port=7727
connects=in-sunauli # sites that its bus connects to; they listen
stations="BHW BRN KKR" # whose forms in deploy/sample are this site's
